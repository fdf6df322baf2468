/**
 * Texts with variables for messages: Mustache without logic, or a bounded part of Pebble, by channel and language.
 *
 * <ul>
 *   <li>{@link dev.signalbox.templates.TemplateText}: one text, compiled; rendering is bounded.
 *   <li>{@link dev.signalbox.templates.MessageTemplate}: what a message is made of.
 *   <li>{@link dev.signalbox.templates.TemplateStore}: all of them, in a database, with their versions.
 * </ul>
 */
@NullMarked
package dev.signalbox.templates;

import org.jspecify.annotations.NullMarked;
