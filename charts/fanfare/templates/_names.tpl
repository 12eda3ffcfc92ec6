{{- define "fanfare.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* The templates below are given an app: root, the name ("gateway" or "webhooks"), its values. */}}

{{- define "fanfare.app.name" -}}
{{- printf "%s-%s" (include "fanfare.fullname" .root) .name -}}
{{- end -}}

{{- define "fanfare.app.management" -}}
{{- printf "%s-management" (include "fanfare.app.name" .) | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "fanfare.app.selector" -}}
app.kubernetes.io/name: {{ default .root.Chart.Name .root.Values.nameOverride }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end -}}

{{- define "fanfare.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/part-of: fanfare
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end -}}

{{- define "fanfare.app.labels" -}}
{{ include "fanfare.app.selector" . }}
{{ include "fanfare.labels" .root }}
{{- end -}}

{{- define "fanfare.app.image" -}}
{{- $image := .values.image -}}
{{- $repository := $image.repository -}}
{{- with .root.Values.image.registry }}{{ $repository = printf "%s/%s" . $repository }}{{ end -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $repository $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $repository (default .root.Chart.AppVersion $image.tag) -}}
{{- end -}}
{{- end -}}

{{- define "fanfare.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "fanfare.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* A duration as 20s, 2m or 1h in whole seconds, rounded up. */}}
{{- define "fanfare.seconds" -}}
{{- if hasSuffix "ms" . -}}{{ div (add (trimSuffix "ms" . | int64) 999) 1000 }}
{{- else if hasSuffix "s" . -}}{{ trimSuffix "s" . | int64 }}
{{- else if hasSuffix "m" . -}}{{ mul (trimSuffix "m" . | int64) 60 }}
{{- else if hasSuffix "h" . -}}{{ mul (trimSuffix "h" . | int64) 3600 }}
{{- else -}}{{ fail (printf "not a duration as 20s, 2m or 1h: %s" .) }}
{{- end -}}
{{- end -}}
