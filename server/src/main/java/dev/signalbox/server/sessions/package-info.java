/** Feature: the session bus over REST, SSE and for clients. */
@NullMarked
package dev.signalbox.server.sessions;

import org.jspecify.annotations.NullMarked;
