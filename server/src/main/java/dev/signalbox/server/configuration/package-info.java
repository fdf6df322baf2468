/** The server's configuration: keys, kinds, sources, violations, and the page that documents them. */
@NullMarked
package dev.signalbox.server.configuration;

import org.jspecify.annotations.NullMarked;
