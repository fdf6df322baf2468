/** Feature: many messages to one recipient within a window become one. */
@NullMarked
package dev.signalbox.server.digest;

import org.jspecify.annotations.NullMarked;
