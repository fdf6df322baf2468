/** The command {@code signalbox}. Results go to stdout, everything else to stderr. */
@NullMarked
package dev.signalbox.server.cli;

import org.jspecify.annotations.NullMarked;
