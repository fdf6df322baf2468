/** Feature: inboxes, in which messages wait for a person in the application itself. */
@NullMarked
package dev.signalbox.server.inbox;

import org.jspecify.annotations.NullMarked;
