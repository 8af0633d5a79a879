# Every target is enough on a fresh machine with Node and make.
installed := node_modules/.package-lock.json

.PHONY: setup demo test test-all lint types bench fuzz docs size clean

setup: $(installed)

$(installed): package.json package-lock.json .npmrc
	npm ci
	@touch $@

demo: setup
	npm run --silent demo

test: setup
	npm test

test-all: setup
	npm run test:all

lint: setup
	npm run lint

types: setup
	npm run types

bench: setup
	npm run bench

fuzz: setup
	npm run fuzz

docs: setup
	npm run docs

# The ten longest source files.
size:
	@git ls-files 'pipeline/*.ts' 'models/*.ts' 'scripts/*.ts' 'fixtures/*.ts' | xargs wc -l | sort -rn | sed -n 2,11p

clean:
	rm -rf build rarevox-demo
