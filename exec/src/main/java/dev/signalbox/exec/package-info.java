/** Runs host commands: captured, streamed or proxied, and never an orphan left behind. */
@NullMarked
package dev.signalbox.exec;

import org.jspecify.annotations.NullMarked;
