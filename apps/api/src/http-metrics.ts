import { Histogram, type Registry } from 'prom-client';

/** Durations of answers, by route pattern: raw paths are without number, and hold ids. */
export class HttpMetrics {
  private readonly seconds: Histogram;

  constructor(registry: Registry) {
    this.seconds = new Histogram({
      name: 'redress_http_request_duration_seconds',
      help: 'How long answers took, by route pattern.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers: [registry],
    });
  }

  observe(method: string, route: string, status: number, seconds: number): void {
    this.seconds.observe({ method, route, status: String(status) }, seconds);
  }
}
