@NullMarked
package dev.signalbox.server.command;

import org.jspecify.annotations.NullMarked;
