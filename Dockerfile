# One image per service, all from this file: docker build --build-arg SERVICE=registration -t onboarding-registration .

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Nothing that is built or run here needs a package's install script.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build

FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# The optional packages are Postgres for `npm start` on one machine; a container is given a real one.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund && npm cache clean --force

FROM node:24-bookworm-slim
ENV NODE_ENV=production NODE_OPTIONS=--enable-source-maps HOST=0.0.0.0 PORT=8080
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
# The subpath imports (#platform/...) are in package.json.
COPY package.json ./
COPY libs/finhub-client/openapi.yaml ./libs/finhub-client/
COPY --from=build /app/dist ./dist
USER node
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# After what the services share, so that their images differ in this line alone.
ARG SERVICE=gateway
ENV SERVICE=${SERVICE}
# `exec`: the service itself gets SIGTERM.
CMD ["sh", "-c", "exec node dist/apps/$SERVICE/main.js"]
