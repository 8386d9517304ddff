# The explorer page. Only `make web` needs npm; building and serving do not.

.PHONY: web web-check test-browser

web: ## bundle web/build into web/dist, the files the binary embeds
	cd web/build && npm ci --ignore-scripts --no-audit --no-fund && node build.mjs

web-check: web ## the committed bundle is what its sources give
	git diff --exit-code --stat -- web/dist

test-browser: ## try the explorer in Chromium; URL=http://127.0.0.1:8080 tries a running server
	AOS_BROWSER_URL=$(URL) go test ./web -count=1 -v -run 'Browser|RunningServer'
