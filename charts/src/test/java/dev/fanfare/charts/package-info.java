/// Proves the Helm chart without a cluster: Helm renders it, the models of Kubernetes and the apps themselves read what
/// comes out, and Prometheus checks the alerts.
@NullMarked
package dev.fanfare.charts;

import org.jspecify.annotations.NullMarked;
