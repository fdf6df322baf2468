/** The durable delivery queue: model, JDBC store, dispatcher, and the Sender SPI. */
@NullMarked
package dev.signalbox.delivery.queue;

import org.jspecify.annotations.NullMarked;
