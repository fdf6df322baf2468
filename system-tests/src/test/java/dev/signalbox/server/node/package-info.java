/** Servers for tests of the console, put together from inside. */
@NullMarked
package dev.signalbox.server.node;

import org.jspecify.annotations.NullMarked;
