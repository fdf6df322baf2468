/** Feature: the durable queue, its dispatcher, the live channel, and the routes and commands for messages. */
@NullMarked
package dev.signalbox.server.delivery;

import org.jspecify.annotations.NullMarked;
