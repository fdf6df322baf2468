/** The in-memory message router: clients, logic, middleware, acknowledgements; the Endpoint SPI. */
@NullMarked
package dev.signalbox.router;

import org.jspecify.annotations.NullMarked;
