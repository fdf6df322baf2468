@NullMarked
package dev.signalbox.server.rest;

import org.jspecify.annotations.NullMarked;
