/** The in-memory message router: clients, topics, logic, middleware, acknowledgements; the Endpoint SPI. */
@NullMarked
package dev.signalbox.router;

import org.jspecify.annotations.NullMarked;
