/**
 * Messages that wait for a person in the application itself, in a database.
 *
 * <ul>
 *   <li>{@link dev.signalbox.delivery.inbox.Inboxes}: all of them, with what was read and archived.
 *   <li>{@link dev.signalbox.delivery.inbox.InboxItem}: one message in one of them.
 *   <li>{@link dev.signalbox.delivery.inbox.InboxSender}: the channel that puts messages there.
 *   <li>{@link dev.signalbox.delivery.inbox.InboxListener}: is told of each change, to show it at once.
 * </ul>
 */
@NullMarked
package dev.signalbox.delivery.inbox;

import org.jspecify.annotations.NullMarked;
