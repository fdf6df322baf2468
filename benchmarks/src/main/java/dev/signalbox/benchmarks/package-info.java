/** Measures: deliveries, routing, fan-out; rivals beside them. */
@NullMarked
package dev.signalbox.benchmarks;

import org.jspecify.annotations.NullMarked;
