/** Feature: the node's own log, shipped. */
@NullMarked
package dev.signalbox.server.observatory;

import org.jspecify.annotations.NullMarked;
