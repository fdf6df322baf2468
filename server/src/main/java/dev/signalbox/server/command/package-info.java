/** The command line's mechanism: output, tables, REST client, exit codes, progress. */
@NullMarked
package dev.signalbox.server.command;

import org.jspecify.annotations.NullMarked;
