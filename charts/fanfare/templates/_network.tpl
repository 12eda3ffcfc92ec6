{{- define "fanfare.app.ingress" -}}
{{- $ingress := .values.ingress -}}
{{- $name := include "fanfare.app.name" . -}}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ $name }}
  labels:
    {{- include "fanfare.app.labels" . | nindent 4 }}
  {{- $annotations := $ingress.annotations }}
  {{- if eq (include "fanfare.app.scheme" .) "https" }}
  {{- $annotations = merge (dict "nginx.ingress.kubernetes.io/backend-protocol" "HTTPS") $annotations }}
  {{- end }}
  {{- with $annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- with $ingress.className }}
  ingressClassName: {{ . }}
  {{- end }}
  {{- if $ingress.tlsSecret }}
  tls:
    - secretName: {{ $ingress.tlsSecret }}
      hosts:
        {{- toYaml $ingress.hosts | nindent 8 }}
  {{- end }}
  rules:
    {{- range required (printf "%s.ingress.hosts is required" .name) $ingress.hosts }}
    - host: {{ . | quote }}
      http:
        paths:
          {{- range $ingress.paths }}
          - path: {{ .path }}
            pathType: {{ .pathType }}
            backend:
              service:
                name: {{ $name }}
                port:
                  name: http
          {{- end }}
    {{- end }}
{{- end -}}

{{- define "fanfare.app.httpRoute" -}}
{{- $route := .values.httpRoute -}}
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: {{ include "fanfare.app.name" . }}
  labels:
    {{- include "fanfare.app.labels" . | nindent 4 }}
  {{- with $route.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  parentRefs:
    {{- toYaml (required (printf "%s.httpRoute.parentRefs is required" .name) $route.parentRefs) | nindent 4 }}
  {{- with $route.hosts }}
  hostnames:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  rules:
    - matches:
        {{- range $route.paths }}
        - path:
            type: PathPrefix
            value: {{ . }}
        {{- end }}
      backendRefs:
        - name: {{ include "fanfare.app.name" . }}
          port: {{ .values.service.port }}
      timeouts:
        request: {{ $route.timeouts.request }}
        backendRequest: {{ $route.timeouts.backendRequest }}
{{- end -}}

{{- define "fanfare.app.networkPolicy" -}}
{{- $policy := .values.networkPolicy -}}
{{- $ports := list -}}
{{- range splitList "," .root.Values.kafka.bootstrapServers -}}
{{- $ports = append $ports (regexFind "[0-9]+$" (trim .) | int) -}}
{{- end -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "fanfare.app.name" . }}
  labels:
    {{- include "fanfare.app.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      {{- include "fanfare.app.selector" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    - ports:
        - port: http
      {{- with $policy.from }}
      from:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    {{- if eq (include "fanfare.app.isManaged" .) "true" }}
    {{- with .values.management.from }}
    - ports:
        - port: management
      from:
        {{- toYaml . | nindent 8 }}
    {{- end }}
    {{- end }}
  egress:
    - ports:
        - port: 53
          protocol: UDP
        - port: 53
          protocol: TCP
    # Kafka
    - ports:
        {{- range $ports | uniq }}
        - port: {{ . }}
        {{- end }}
    {{- if eq .name "gateway" }}
    # issuers' keys
    - ports:
        - port: 443
    {{- else }}
    # PostgreSQL
    - ports:
        - port: {{ regexFind "://[^/]*:[0-9]+" .values.store.url | regexFind "[0-9]+$" | default "5432" }}
    # endpoints, and issuers' keys
    - ports:
        - port: 443
        - port: 80
      to:
        - ipBlock:
            cidr: 0.0.0.0/0
            except: [10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.168.0.0/16]
        - ipBlock:
            cidr: ::/0
            except: ["fc00::/7", "fe80::/10"]
    {{- end }}
    {{- with $policy.egress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}
