{{/* The settings of Kafka's clients. Secrets are not in them: Kafka's own provider reads them from their files. */}}
{{- define "fanfare.config.kafka" -}}
{{- $kafka := .Values.kafka -}}
{{- $config := dict "bootstrap.servers" (required "kafka.bootstrapServers is required: brokers as host:port" $kafka.bootstrapServers) -}}
{{- $sasl := ne $kafka.sasl.mechanism "" -}}
{{- if or $sasl $kafka.tls.enabled -}}
{{- $_ := set $config "security.protocol" (printf "%s%s" (ternary "SASL_" "" $sasl) (ternary "SSL" "PLAINTEXT" $kafka.tls.enabled)) -}}
{{- end -}}
{{- if $kafka.tls.enabled -}}
{{- if $kafka.tls.caSecret -}}
{{- $_ := set $config "ssl.truststore.type" "PEM" -}}
{{- $_ := set $config "ssl.truststore.location" (printf "/run/secrets/fanfare/kafka-ca/%s" $kafka.tls.caKey) -}}
{{- end -}}
{{- if $kafka.tls.clientSecret -}}
{{- $file := "${directory:/run/secrets/fanfare/kafka-client:%s}" -}}
{{- $_ := set $config "ssl.keystore.type" "PEM" -}}
{{- $_ := set $config "ssl.keystore.certificate.chain" (printf $file $kafka.tls.clientCertificateKey) -}}
{{- $_ := set $config "ssl.keystore.key" (printf $file $kafka.tls.clientKeyKey) -}}
{{- end -}}
{{- end -}}
{{- if $sasl -}}
{{- $module := ternary "plain.PlainLoginModule" "scram.ScramLoginModule" (eq $kafka.sasl.mechanism "PLAIN") -}}
{{- $file := "${directory:/run/secrets/fanfare/kafka-sasl:%s}" -}}
{{- $user := printf $file $kafka.sasl.usernameKey -}}
{{- $password := printf $file $kafka.sasl.passwordKey -}}
{{- $_ := set $config "sasl.mechanism" $kafka.sasl.mechanism -}}
{{- $_ := set $config "sasl.jaas.config" (printf "org.apache.kafka.common.security.%s required username=\"%s\" password=\"%s\";" $module $user $password) -}}
{{- end -}}
{{- if or $sasl (and $kafka.tls.enabled $kafka.tls.clientSecret) -}}
{{- $_ := set $config "config.providers" "directory" -}}
{{- $_ := set $config "config.providers.directory.class" "org.apache.kafka.common.config.provider.DirectoryConfigProvider" -}}
{{- $_ := set $config "config.providers.directory.param.allowed.paths" "/run/secrets/fanfare" -}}
{{- end -}}
{{- range $key, $value := $kafka.settings -}}
{{- $_ := set $config $key $value -}}
{{- end -}}
{{- toYaml $config -}}
{{- end -}}

{{- define "fanfare.config.common" -}}
server.host: 0.0.0.0
server.port: {{ .values.service.port }}
kafka:
  {{- include "fanfare.config.kafka" .root | nindent 2 }}
routes:
  {{- toYaml (required "routes are required: which topics go to which channels" .root.Values.routes) | nindent 2 }}
{{- range $key, $value := .values.shutdown }}
shutdown.{{ $key }}: {{ $value }}
{{- end }}
{{- with .values.config }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "fanfare.config.gateway" -}}
{{ include "fanfare.config.common" . }}
{{- if .values.tls.secret }}
server.tls.certificate-file: /run/secrets/fanfare/tls/tls.crt
server.tls.private-key-file: /run/secrets/fanfare/tls/tls.key
{{- end }}
{{- if .values.tickets.secret }}
access.tickets.key-file: /run/secrets/fanfare/tickets/{{ .values.tickets.key }}
{{- end }}
{{- if .values.management.enabled }}
{{- if not (or .values.management.secret (contains "issuers" (toYaml .values.config))) -}}
{{- fail "gateway.management.secret is required, or access.issuers in gateway.config: who may use the port" -}}
{{- end }}
management.enabled: true
management.host: 0.0.0.0
management.port: {{ .values.management.port }}
{{- end }}
{{- end -}}

{{- define "fanfare.config.webhooks" -}}
{{- if not (or .values.apiToken.secret (contains "issuers" (toYaml .values.config))) -}}
{{- fail "webhooks.apiToken.secret is required, or access.issuers in webhooks.config: who may use the API" -}}
{{- end -}}
{{ include "fanfare.config.common" . }}
store.url: {{ required "webhooks.store.url is required: jdbc:postgresql://host/database" .values.store.url | quote }}
store.user: {{ .values.store.user | quote }}
secrets.keys-file: /run/secrets/fanfare/keys/{{ .values.keys.key }}
{{- end -}}

{{/* Secrets that an app gets as files: a YAML map of folders below /run/secrets/fanfare to names. */}}
{{- define "fanfare.app.secrets" -}}
{{- $root := .root -}}
{{- $kafka := $root.Values.kafka -}}
{{- $all := dict -}}
{{- if and $kafka.tls.enabled $kafka.tls.caSecret }}{{ $_ := set $all "kafka-ca" $kafka.tls.caSecret }}{{ end -}}
{{- if and $kafka.tls.enabled $kafka.tls.clientSecret }}{{ $_ := set $all "kafka-client" $kafka.tls.clientSecret }}{{ end -}}
{{- if $kafka.sasl.mechanism -}}
{{- if not (or $kafka.sasl.secret $kafka.sasl.password) }}{{ fail "kafka.sasl.secret is required, or kafka.sasl.username and password" }}{{ end -}}
{{- $_ := set $all "kafka-sasl" (default (printf "%s-kafka" (include "fanfare.fullname" $root)) $kafka.sasl.secret) -}}
{{- end -}}
{{- if eq .name "gateway" -}}
{{- with .values.tls.secret }}{{ $_ := set $all "tls" . }}{{ end -}}
{{- with .values.tickets.secret }}{{ $_ := set $all "tickets" . }}{{ end -}}
{{- else -}}
{{- $_ := set $all "keys" (required "webhooks.keys.secret is required: what endpoints' secrets are encrypted with" .values.keys.secret) -}}
{{- with .values.store.caSecret }}{{ $_ := set $all "store-ca" . }}{{ end -}}
{{- end -}}
{{- range .values.secretMounts }}{{ $_ := set $all . . }}{{ end -}}
{{- toYaml $all -}}
{{- end -}}

{{/* Secrets that an app gets as environment variables. */}}
{{- define "fanfare.app.environment" -}}
{{- if and (eq (include "fanfare.app.isManaged" .) "true") .values.management.secret }}
- name: FANFARE_MANAGEMENT_TOKEN
  valueFrom:
    secretKeyRef:
      name: {{ .values.management.secret }}
      key: {{ .values.management.key }}
{{- end }}
{{- if eq .name "webhooks" -}}
{{- if or .values.store.secret .values.store.password }}
- name: FANFARE_STORE_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ default (printf "%s-store" (include "fanfare.app.name" .)) .values.store.secret }}
      key: {{ .values.store.passwordKey }}
{{- end }}
{{- with .values.apiToken }}
{{- if .secret }}
- name: FANFARE_API_TOKEN
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
{{- end }}
{{- end }}
{{- end -}}
{{- end -}}
