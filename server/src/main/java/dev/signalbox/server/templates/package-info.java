/** Feature: templates, which messages are made of. */
@NullMarked
package dev.signalbox.server.templates;

import org.jspecify.annotations.NullMarked;
