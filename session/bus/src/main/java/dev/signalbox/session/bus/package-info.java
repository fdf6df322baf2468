/** Sessions: ordered, replayable streams of events between processes; the API, and a bus in memory. */
@NullMarked
package dev.signalbox.session.bus;

import org.jspecify.annotations.NullMarked;
