/** Filters that refuse HTTP requests during maintenance, for the JDK's server and for servlet containers. */
@NullMarked
package dev.signalbox.maintenance.http;

import org.jspecify.annotations.NullMarked;
