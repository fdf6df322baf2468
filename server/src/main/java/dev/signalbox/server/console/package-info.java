/** Feature: the web console. */
@NullMarked
package dev.signalbox.server.console;

import org.jspecify.annotations.NullMarked;
