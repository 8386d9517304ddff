-- tasks: charge has three versions, of which the second is active; letter calls an integration and shows components
insert into task_definitions (task_id, name, description, version, type, status, execution_config, ui_components, retry_policy, metadata) values
  ('charge', 'Charge card', 'Takes the money', '1.0.0', 'INTEGRATION', 'deprecated', '{"executor": "x", "integration": {"type": "stripe", "method": "charge"}}', null, null, null),
  ('charge', 'Charge card', 'Takes the money', '1.10.0', 'INTEGRATION', 'active',
   '{"executor": "integration-executor", "securityContext": {"securityLevel": "HIGH", "permissions": ["pay"]}, "resourceRequirements": {"memory": "512Mi"},
     "implementation": {"kind": "INTEGRATION", "integration": {"type": "stripe", "method": "charge", "apiVersion": "v2"}}}', null,
   '{"maxRetries": 2, "retryInterval": 500, "backoffMultiplier": 2, "retryableErrors": ["TIMEOUT"]}', '{"category": "payments", "tags": ["money", "card"]}'),
  ('charge', 'Charge card', 'Takes the money', '1.9.0', 'INTEGRATION', 'draft', '{"executor": "x", "integration": {"type": "stripe", "method": "gone"}}', null, null, null),
  ('refund', 'Refund card', null, '1.0.0', 'INTEGRATION', 'active',
   '{"executor": "x", "integration": {"type": "stripe", "method": "refund", "instanceSelector": {"type": "EXPLICIT", "value": "stripe-spare"}}}', null, null, null),
  ('approve', 'Approve order', null, '1.0.0', 'MANUAL', 'active', '{"executor": "human-task-executor"}',
   '[{"componentId": "order-form", "condition": "status == ''ASSIGNED''", "priority": 2}, {"componentId": "lost"}]', null, '{"category": "orders"}');

insert into ui_components (component_id, name, component_type, title, version, status, fields, layout, actions, custom_props) values
  ('order-form', 'Order form', 'Form', 'Order {{orderId}}', '1.0.0', 'active',
   '[{"fieldKey": "decision", "label": "Decision", "type": "select", "required": true, "options": [{"value": "yes", "label": "Yes"}], "validationRules": ["required", {"type": "maxLength", "value": 5, "message": "too long"}]},
     {"fieldKey": "customer", "label": "Customer", "type": "multi-select", "dataSource": {"integrationId": "crm", "methodId": "customers"}},
     {"fieldKey": "mood", "label": "Mood", "type": "hologram"}]',
   '{"type": "grid", "columns": 2, "areas": [{"component": "order-lines", "grid": "span 12", "order": 1}, {"component": "order-lines"}], "sections": [{"title": "All", "fields": ["decision"]}],
     "defaultView": {"type": "single", "component": "lost-view"}}',
   '[{"actionKey": "approve", "label": "Approve", "style": "primary", "confirmation": "Sure?"}]',
   '{"displayType": "table", "columns": [{"key": "sku", "label": "SKU", "width": 80}], "integrations": [{"integrationId": "stripe", "methodId": "charge"}]}'),
  ('order-lines', 'Order lines', 'Display', '', '1.0.0', 'active', null, null, null, null);

insert into integration_definitions (id, integration_id, name, version, type, auth_type, status, methods, oauth2_config, ai_config) values
  ('018f0000-0000-7000-8000-000000000101', 'stripe', 'Stripe', '1.0.0', 'integration', 'oauth2', 'deprecated', '[]', '{}', null),
  ('018f0000-0000-7000-8000-000000000102', 'stripe', 'Stripe', '2.0.0', 'integration', 'oauth2', 'active',
   '[{"id": "charge", "name": "Charge", "inputSchema": {"type": "object"}, "outputSchema": {}, "rateLimits": {"requestsPerMinute": 60}, "retryConfig": {"maxRetries": 1, "initialDelayMs": 250}}]',
   '{"authorizationUrl": "https://a.example", "tokenUrl": "https://t.example", "scope": "read write", "clientSecret": "CANARY", "additionalParameters": {"audience": "api", "client_secret": "CANARY"}}', null),
  ('018f0000-0000-7000-8000-000000000103', 'claude', 'Claude', '1.0.0', 'ai', 'apikey', 'active', '[]', null,
   '{"provider": "anthropic", "defaultModel": "m1", "availableModels": [{"id": "m1", "name": "Model one", "capabilities": ["text"], "costPerToken": {"input": 3e-06, "output": 1.5e-05}}]}');

insert into integration_instances (instance_id, integration_definition_id, name, context_type, context_id, config, status, last_used_at, credentials, credentials_meta) values
  ('stripe-old',   '018f0000-0000-7000-8000-000000000101', 'Old',   'global', null, '{}', '{"state": "active"}', '2026-01-01', null, null),
  ('stripe-new',   '018f0000-0000-7000-8000-000000000102', 'New',   'global', null, '{"workspace": "w", "apiKey": "CANARY", "nested": {"refreshToken": "CANARY"}, "maxTokens": 5}',
   '{"state": "active", "lastChecked": "2026-01-03T00:00:00Z", "error": null, "metrics": {"successRate": 0.98, "requestsToday": 12}}', '2026-01-02', 'CANARY', '{"type": "oauth2", "expiresAt": "2027-01-01T00:00:00Z"}'),
  ('stripe-never', '018f0000-0000-7000-8000-000000000102', 'Never', 'global', null, '{}', '{"state": "active"}', null, null, null),
  ('stripe-spare', '018f0000-0000-7000-8000-000000000102', 'Spare', 'global', null, '{}', '{"state": "inactive"}', null, null, null),
  ('stripe-ann',   '018f0000-0000-7000-8000-000000000102', 'Ann',   'user', 'ann', '{}', '{"state": "error", "code": "AUTH_ERROR", "error": "expired"}', null, null, null),
  ('stripe-acme',  '018f0000-0000-7000-8000-000000000102', 'Acme',  'client', 'acme', '{}', '{"state": "active"}', null, null, null);

insert into event_definitions (event_id, name, pattern, version, status, source_types, payload_schema, examples, ui_metadata) values
  ('Order.created', 'Order created', 'orders.created', '1.0.0', 'active', '["external"]', '{"type": "object", "required": ["id"]}', '[{"id": 1}]', '{"category": "orders", "color": "#fff"}'),
  ('Order.item.added', 'Item added', 'orders.item.added', '1.0.0', 'active', '[]', '{}', null, null),
  ('Invoice.paid', 'Invoice paid', 'invoices.paid', '1.0.0', 'draft', '[]', '{}', null, null);

insert into workflow_definitions (workflow_id, name, description, version, status, steps, compensation_steps, cancellation_triggers, ui_components, execution_log, metadata) values
  ('orders', 'Order handling', 'From cart to door', '1.0.0', 'active',
   '[{"stepId": "start", "next": [{"nextStepId": "pay"}]},
     {"stepId": "pay", "type": "TASK", "taskId": "charge", "taskVersion": "1.0.0", "timeout": "PT5M", "retryPolicy": {"maxAttempts": 4, "initialInterval": 100},
      "transitions": {"default": "choose", "CARD_DECLINED": "ask"}, "onFailure": {"action": "stop", "errorHandler": {"conditions": [{"errorCode": "TIMEOUT", "nextStepId": "ask"}]}}},
     {"stepId": "choose", "type": "DECISION", "next": [{"nextStepId": "both", "condition": "data.amount > 100"}, {"nextStepId": "end"}]},
     {"stepId": "both", "type": "PARALLEL", "join": {"type": "first", "cancelOthers": true}, "next": [{"nextStepId": "wait"}], "parallelBranches": [
       {"branchId": "a", "steps": [{"stepId": "approve", "type": "HUMAN_TASK", "taskId": "approve", "taskDefinition": {"assigneeRole": "boss", "taskForm": "order-form", "dueIn": "P1D"}}]},
       {"branchId": "b", "steps": [{"stepId": "ghost", "taskId": "nobody"}]}]},
     {"stepId": "wait", "eventPattern": "orders.*", "eventTimeout": {"duration": "P2D", "timeoutHandlerStepId": "ask"}, "next": [{"nextStepId": "later"}]},
     {"stepId": "later", "type": "DELAYED_TASK", "taskId": "charge", "delay": "PT1H", "next": [{"nextStepId": "end"}]},
     {"stepId": "ask", "type": "HUMAN_TASK", "next": [{"nextStepId": "pay"}]},
     {"stepId": "end"}]',
   '[{"stepId": "undo-pay", "compensationFor": "pay", "type": "TASK", "taskId": "refund"}]',
   '[{"eventPattern": "orders.cancelled", "reason": "customer"}]',
   '[{"componentId": "order-lines", "context": {"layout": "card"}}]', '{"level": "info", "retention": "P30D", "metadata": ["userId"]}', '{"tags": ["shop"]}'),
  ('orders', 'Order handling', null, '2.0.0', 'draft', '[{"stepId": "a", "taskId": "charge"}]', '[]', '[]', '[]', '{}', null),
  ('idle', 'Idle hands', null, '1.0.0', 'active', '[]', '[]', '[]', '[]', '{}', null);

insert into workflow_event_triggers (trigger_id, workflow_definition_id, event_pattern, enabled)
select 'on-order', id, 'orders.*', true from workflow_definitions where workflow_id = 'orders' and version = '1.0.0';

insert into test_definitions (test_id, name, version, status, type, target_id, target_version, cases, shared_mocks, tags) values
  ('orders-ok', 'Orders work', '1.0.0', 'active', 'workflow', 'orders', null,
   '[{"caseId": "c1", "input": {"id": 1}, "setup": {"state": {"x": 1}, "mocks": [{"taskId": "charge", "response": {"ok": true}, "delay": "PT1S"}]}, "mocks": [{"taskId": "approve", "error": {"code": "NO"}}],
      "assertions": [{"type": "equals", "path": "$.status", "value": "COMPLETED"}], "expectedState": {"path": "$.x", "value": 1}, "timeout": "PT1M"}]', '[{"taskId": "refund"}]', '["smoke"]'),
  ('charge-old', 'Old charge', '1.0.0', 'active', 'task', 'charge', '1.0.0', '[]', '[]', '[]'),
  ('nothing', 'Tests nothing', '1.0.0', 'draft', 'task', 'nobody', null, '[]', '[]', '[]');
