/** A consumer of Kafka topics that takes part in maintenance. */
@NullMarked
package dev.signalbox.maintenance.kafka;

import org.jspecify.annotations.NullMarked;
