/** Feature: clients of the data plane, their tokens, and the commands for them. */
@NullMarked
package dev.signalbox.server.clients;

import org.jspecify.annotations.NullMarked;
