@NullMarked
package dev.signalbox.server.config;

import org.jspecify.annotations.NullMarked;
