package model

import (
	"strings"

	"github.com/augmentedos/graph/graph/scalar"
)

// IntegrationMethod is one thing an integration can be asked to do.
type IntegrationMethod struct {
	MethodID     string      `json:"id"`
	Name         string      `json:"name"`
	Description  *string     `json:"description"`
	InputSchema  scalar.JSON `json:"inputSchema"`
	OutputSchema scalar.JSON `json:"outputSchema"`
	RateLimits   struct {
		RequestsPerMinute *int `json:"requestsPerMinute"`
		BurstLimit        *int `json:"burstLimit"`
	} `json:"rateLimits"`
	TimeoutMs         *int        `json:"timeoutMs"`
	RetryConfig       scalar.JSON `json:"retryConfig"`
	RequestTransform  *string     `json:"requestTransform"`
	ResponseTransform *string     `json:"responseTransform"`
}

// RequestsPerMinute are the calls a minute allowed.
func (m *IntegrationMethod) RequestsPerMinute() *int { return m.RateLimits.RequestsPerMinute }

// BurstLimit are the calls at once allowed.
func (m *IntegrationMethod) BurstLimit() *int { return m.RateLimits.BurstLimit }

// RetryPolicy is how failed calls are repeated.
func (m *IntegrationMethod) RetryPolicy() *RetryPolicy { return ParseRetryPolicy(m.RetryConfig) }

// Methods are what the integration can be asked to do.
func (i *IntegrationDefinition) Methods() []IntegrationMethod {
	return decode[[]IntegrationMethod](i.MethodsJSON)
}

// Method finds a method by name, nil when there is none.
func (i *IntegrationDefinition) Method(id string) *IntegrationMethod {
	for _, m := range i.Methods() {
		if m.MethodID == id {
			return &m
		}
	}
	return nil
}

// OAuth2Config is where and how to ask for access, without secrets.
type OAuth2Config struct {
	AuthorizationURL *string     `json:"authorizationUrl"`
	TokenURL         *string     `json:"tokenUrl"`
	ScopeList        []string    `json:"scopes"`
	Scope            *string     `json:"scope"`
	Parameters       scalar.JSON `json:"additionalParameters"`
	Refresh          struct {
		Strategy           *string `json:"strategy"`
		TimeBeforeExpiryMs *int    `json:"timeBeforeExpiryMs"`
	} `json:"refreshTokenConfig"`
}

// Scopes are the rights to ask for, written as a list or as one text.
func (c *OAuth2Config) Scopes() []string {
	if len(c.ScopeList) == 0 && c.Scope != nil {
		return strings.Fields(*c.Scope)
	}
	return c.ScopeList
}

// AdditionalParameters are further parameters of the consent request.
func (c *OAuth2Config) AdditionalParameters() scalar.JSON { return MaskSecrets(c.Parameters) }

// RefreshStrategy is auto or manual.
func (c *OAuth2Config) RefreshStrategy() *string { return c.Refresh.Strategy }

// RefreshBeforeExpiryMs is when tokens are refreshed.
func (c *OAuth2Config) RefreshBeforeExpiryMs() *int { return c.Refresh.TimeBeforeExpiryMs }

// OAuth2Config is nil unless authentication is by OAuth 2.
func (i *IntegrationDefinition) OAuth2Config() *OAuth2Config {
	return decode[*OAuth2Config](i.OAuth2Stored)
}

// OAuth2ConfigJSON is the stored document without secrets.
func (i *IntegrationDefinition) OAuth2ConfigJSON() scalar.JSON { return MaskSecrets(i.OAuth2Stored) }

// AIConfig are the models an AI provider offers.
type AIConfig struct {
	Provider     *string   `json:"provider"`
	DefaultModel *string   `json:"defaultModel"`
	Models       []AIModel `json:"availableModels"`
}

// AIModel is one AI model.
type AIModel struct {
	ModelID       string   `json:"id"`
	Name          string   `json:"name"`
	Description   *string  `json:"description"`
	Capabilities  []string `json:"capabilities"`
	ContextWindow *int     `json:"contextWindow"`
	MaxTokens     *int     `json:"maxTokens"`
	InputFormats  []string `json:"inputFormats"`
	OutputFormats []string `json:"outputFormats"`
	CostPerToken  struct {
		Input  *float64 `json:"input"`
		Output *float64 `json:"output"`
	} `json:"costPerToken"`
	ImageCosts scalar.JSON `json:"costPerImage"`
}

// InputTokenCost is the price of one token read.
func (m *AIModel) InputTokenCost() *float64 { return m.CostPerToken.Input }

// OutputTokenCost is the price of one token written.
func (m *AIModel) OutputTokenCost() *float64 { return m.CostPerToken.Output }

// AIConfig is nil unless the integration is an AI provider.
func (i *IntegrationDefinition) AIConfig() *AIConfig { return decode[*AIConfig](i.AIConfigJSON) }
