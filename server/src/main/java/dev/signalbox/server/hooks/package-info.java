/** Feature: asking a backend over HTTP about clients that connect, subscribe and publish. */
@NullMarked
package dev.signalbox.server.hooks;

import org.jspecify.annotations.NullMarked;
