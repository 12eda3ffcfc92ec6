{{- define "fanfare.app.configMap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "fanfare.app.name" . }}
  labels:
    {{- include "fanfare.app.labels" . | nindent 4 }}
data:
  {{ .name }}.yaml: |
    {{- include (printf "fanfare.config.%s" .name) . | nindent 4 }}
{{- end -}}

{{- define "fanfare.app.deployment" -}}
{{- $secrets := include "fanfare.app.secrets" . | fromYaml -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "fanfare.app.name" . }}
  labels:
    {{- include "fanfare.app.labels" . | nindent 4 }}
spec:
  {{- if not .values.autoscaling.enabled }}
  replicas: {{ .values.replicas }}
  {{- end }}
  minReadySeconds: {{ .values.minReadySeconds }}
  revisionHistoryLimit: 5
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxUnavailable: 0
      maxSurge: {{ .values.maxSurge }}
  selector:
    matchLabels:
      {{- include "fanfare.app.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "fanfare.app.labels" . | nindent 8 }}
        {{- with .values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        checksum/config: {{ include (printf "fanfare.config.%s" .name) . | sha256sum }}
        checksum/secrets: {{ include "fanfare.secrets" .root | sha256sum }}
        {{- with .values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      serviceAccountName: {{ include "fanfare.serviceAccount" .root }}
      automountServiceAccountToken: false
      # the variables of a service called fanfare-… would be taken for settings
      enableServiceLinks: false
      {{- with .root.Values.image.pullSecrets }}
      imagePullSecrets:
        {{- range . }}
        - name: {{ . }}
        {{- end }}
      {{- end }}
      securityContext:
        {{- toYaml .root.Values.podSecurityContext | nindent 8 }}
      terminationGracePeriodSeconds: {{ add (include "fanfare.seconds" .values.shutdown.deadline) 5 }}
      {{- with .values.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      {{- with .values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .values.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .values.affinity }}
      affinity:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- if .values.topologySpread }}
      topologySpreadConstraints:
        {{- range .values.topologySpread }}
        - {{ toYaml . | nindent 10 | trim }}
          labelSelector:
            matchLabels:
              {{- include "fanfare.app.selector" $ | nindent 14 }}
        {{- end }}
      {{- end }}
      containers:
        - name: {{ .name }}
          image: {{ include "fanfare.app.image" . | quote }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          args: [--config, /etc/fanfare/{{ .name }}.yaml]
          env:
            - name: JAVA_OPTS
              value: {{ .values.javaOpts | quote }}
            {{- with include "fanfare.app.environment" . | trim }}
            {{- . | nindent 12 }}
            {{- end }}
            {{- with .values.env }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          ports:
            - name: http
              containerPort: {{ .values.service.port }}
            {{- if eq (include "fanfare.app.isManaged" .) "true" }}
            - name: management
              containerPort: {{ .values.management.port }}
            {{- end }}
          startupProbe:
            {{- include "fanfare.app.probe" (dict "app" . "path" "/health/started") | nindent 12 }}
            periodSeconds: 2
            failureThreshold: {{ max 1 (div .values.startSeconds 2) }}
          livenessProbe:
            {{- include "fanfare.app.probe" (dict "app" . "path" "/health/live") | nindent 12 }}
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 6
          # more often than shutdown.notice lasts
          readinessProbe:
            {{- include "fanfare.app.probe" (dict "app" . "path" "/health/ready") | nindent 12 }}
            periodSeconds: 1
            timeoutSeconds: 1
            failureThreshold: 2
          resources:
            {{- toYaml .values.resources | nindent 12 }}
          securityContext:
            {{- toYaml .root.Values.securityContext | nindent 12 }}
          volumeMounts:
            - name: config
              mountPath: /etc/fanfare
              readOnly: true
            - name: tmp
              mountPath: /tmp
            {{- range $folder, $_ := $secrets }}
            - name: {{ $folder }}
              mountPath: /run/secrets/fanfare/{{ $folder }}
              readOnly: true
            {{- end }}
      volumes:
        - name: config
          configMap:
            name: {{ include "fanfare.app.name" . }}
        - name: tmp
          emptyDir: {}
        {{- range $folder, $secret := $secrets }}
        - name: {{ $folder }}
          secret:
            secretName: {{ $secret }}
            defaultMode: 0440
        {{- end }}
{{- end -}}

{{- define "fanfare.app.scheme" -}}
{{- if and (eq .name "gateway") .values.tls.secret -}}https{{- else -}}http{{- end -}}
{{- end -}}

{{- define "fanfare.app.probe" -}}
httpGet:
  path: {{ .path }}
  port: http
  scheme: {{ include "fanfare.app.scheme" .app | upper }}
{{- end -}}

{{- define "fanfare.app.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "fanfare.app.name" . }}
  labels:
    {{- include "fanfare.app.labels" . | nindent 4 }}
  {{- with .values.service.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  type: {{ .values.service.type }}
  selector:
    {{- include "fanfare.app.selector" . | nindent 4 }}
  ports:
    - name: http
      port: {{ .values.service.port }}
      targetPort: http
      appProtocol: {{ include "fanfare.app.scheme" . }}
{{- end -}}

{{- define "fanfare.app.isManaged" -}}
{{- and (eq .name "gateway") .values.management.enabled -}}
{{- end -}}

{{/* Without an address of its own: what it shows is one pod's, so pods are not to be picked at random. */}}
{{- define "fanfare.app.managementService" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "fanfare.app.management" . }}
  labels:
    {{- include "fanfare.app.labels" . | nindent 4 }}
spec:
  clusterIP: None
  # also those that are drained
  publishNotReadyAddresses: true
  selector:
    {{- include "fanfare.app.selector" . | nindent 4 }}
  ports:
    - name: management
      port: {{ .values.management.port }}
      targetPort: management
      appProtocol: {{ include "fanfare.app.scheme" . }}
{{- end -}}

{{- define "fanfare.app.podDisruptionBudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "fanfare.app.name" . }}
  labels:
    {{- include "fanfare.app.labels" . | nindent 4 }}
spec:
  maxUnavailable: {{ .values.podDisruptionBudget.maxUnavailable }}
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "fanfare.app.selector" . | nindent 6 }}
{{- end -}}

{{- define "fanfare.app.autoscaler" -}}
{{- $scaling := .values.autoscaling -}}
{{- $metric := ternary "fanfare_sessions" "fanfare_webhook_calls_running" (eq .name "gateway") -}}
{{- $each := ternary $scaling.sessions $scaling.calls (eq .name "gateway") -}}
{{- if not (or $each $scaling.cpu) }}{{ fail (printf "%s.autoscaling: nothing to go by" .name) }}{{ end -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "fanfare.app.name" . }}
  labels:
    {{- include "fanfare.app.labels" . | nindent 4 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "fanfare.app.name" . }}
  minReplicas: {{ $scaling.minReplicas }}
  maxReplicas: {{ $scaling.maxReplicas }}
  metrics:
    {{- if $each }}
    - type: Pods
      pods:
        metric:
          name: {{ $metric }}
        target:
          type: AverageValue
          averageValue: {{ $each | quote }}
    {{- end }}
    {{- if $scaling.cpu }}
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: {{ $scaling.cpu }}
    {{- end }}
  behavior:
    # a pod that goes sends its clients away, so one at a time
    scaleDown:
      stabilizationWindowSeconds: {{ $scaling.scaleDownAfter }}
      policies:
        - type: Pods
          value: 1
          periodSeconds: {{ $scaling.scaleDownEvery }}
    scaleUp:
      stabilizationWindowSeconds: 0
      policies:
        - type: Percent
          value: 100
          periodSeconds: 60
{{- end -}}

{{- define "fanfare.app.serviceMonitor" -}}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: {{ include "fanfare.app.name" . }}
  labels:
    {{- include "fanfare.app.labels" . | nindent 4 }}
    {{- with .root.Values.serviceMonitor.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  selector:
    matchLabels:
      {{- include "fanfare.app.selector" . | nindent 6 }}
  namespaceSelector:
    matchNames: [{{ .root.Release.Namespace }}]
  endpoints:
    - port: http
      path: /metrics
      interval: {{ .root.Values.serviceMonitor.interval }}
      scheme: {{ include "fanfare.app.scheme" . }}
      {{- if eq (include "fanfare.app.scheme" .) "https" }}
      # by its address, which is in no certificate
      tlsConfig:
        insecureSkipVerify: true
      {{- end }}
{{- end -}}

{{- define "fanfare.app.prometheusRule" -}}
{{- $target := printf "job=%q,namespace=%q" (include "fanfare.app.name" .) .root.Release.Namespace -}}
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: {{ include "fanfare.app.name" . }}
  labels:
    {{- include "fanfare.app.labels" . | nindent 4 }}
    {{- with .root.Values.prometheusRule.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  {{- .root.Files.Get (printf "alerts/%s.yaml" .name) | replace (printf "job=\"fanfare-%s\"" .name) $target | nindent 2 }}
{{- end -}}

{{- define "fanfare.app.dashboard" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "fanfare.app.name" . }}-dashboard
  labels:
    {{- include "fanfare.app.labels" . | nindent 4 }}
    {{- with .root.Values.dashboards.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
data:
  fanfare-{{ .name }}.json: |
    {{- .root.Files.Get (printf "dashboards/%s.json" .name) | nindent 4 }}
{{- end -}}
