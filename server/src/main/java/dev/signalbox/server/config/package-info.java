/** The server's configuration: one table of keys, from which reading, checking, printing and documentation follow. */
@NullMarked
package dev.signalbox.server.config;

import org.jspecify.annotations.NullMarked;
