import type { MetricData } from '@opentelemetry/sdk-metrics'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'

/** Prints each request's span, with the spans below it. */
export function printSpans(spans: readonly ReadableSpan[]): void {
  for (const root of spans.filter(({ parentSpanContext }) => parentSpanContext === undefined)) {
    console.log(line(root))
    const { spanId } = root.spanContext()
    for (const span of spans) if (span.parentSpanContext?.spanId === spanId) console.log(`  ${line(span)}`)
  }
}

function line({ name, duration: [seconds, nanoseconds], attributes }: ReadableSpan): string {
  return `${name} ${(seconds * 1000 + nanoseconds / 1e6).toFixed(1)} ms ${JSON.stringify(attributes)}`
}

/** Prints the value of each metric, and the number of values of a histogram. */
export function printMetrics(metrics: readonly MetricData[]): void {
  for (const { descriptor, dataPoints } of metrics) {
    for (const { attributes, value } of dataPoints) {
      const shown = typeof value === 'object' ? `${value.count} values, sum ${value.sum?.toFixed(4)}` : value
      console.log(`${descriptor.name} ${JSON.stringify(attributes)} ${shown}`)
    }
  }
}
