import { context, type Meter, type Tracer } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'

/**
 * Collects spans and metrics in this process. A real app sends them away: put the exporters of OTLP in place of those in
 * memory, and nothing else changes.
 */
export class Collector {
  readonly #spans = new InMemorySpanExporter()
  readonly #metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  readonly #tracers = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(this.#spans)] })
  readonly #meters = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: this.#metrics })] })

  readonly tracer: Tracer = this.#tracers.getTracer('telemetry-example')
  readonly meter: Meter = this.#meters.getMeter('telemetry-example')

  /** The spans that have ended. */
  get spans(): ReadableSpan[] {
    return this.#spans.getFinishedSpans()
  }

  /** The metrics up to now. */
  async metrics(): Promise<MetricData[]> {
    await this.#meters.forceFlush()
    const last = this.#metrics.getMetrics().at(-1)
    return last?.scopeMetrics.flatMap(({ metrics }) => metrics) ?? []
  }

  async close(): Promise<void> {
    await Promise.all([this.#tracers.shutdown(), this.#meters.shutdown()])
  }
}

/** Lets the active span follow asynchronous work. An app does this once, at its start. Returns a function that ends it. */
export function followContext(): () => void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  return () => context.disable()
}
