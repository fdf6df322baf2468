/** Feature: the channel {@code webhook}, and the endpoints that its messages go to. */
@NullMarked
package dev.signalbox.server.webhook;

import org.jspecify.annotations.NullMarked;
