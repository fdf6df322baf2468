/** Feature: commands of the host, for clients and as a channel. */
@NullMarked
package dev.signalbox.server.exec;

import org.jspecify.annotations.NullMarked;
