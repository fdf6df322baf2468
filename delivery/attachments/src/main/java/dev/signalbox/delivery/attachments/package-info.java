/**
 * Files of messages, in a database: uploaded once, named by many messages, each content stored once.
 *
 * <ul>
 *   <li>{@link dev.signalbox.delivery.attachments.Attachments}: all of them.
 *   <li>{@link dev.signalbox.delivery.attachments.StoredFile}: one of them.
 *   <li>{@link dev.signalbox.delivery.attachments.AttachmentLimits}: how large and how long.
 * </ul>
 */
@NullMarked
package dev.signalbox.delivery.attachments;

import org.jspecify.annotations.NullMarked;
