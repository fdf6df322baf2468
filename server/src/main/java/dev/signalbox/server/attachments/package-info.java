/** Feature: files that messages can have attached. */
@NullMarked
package dev.signalbox.server.attachments;

import org.jspecify.annotations.NullMarked;
