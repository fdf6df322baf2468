/** Puts everything together: configuration, lifecycle, REST, CLI. */
@NullMarked
package dev.signalbox.server;

import org.jspecify.annotations.NullMarked;
