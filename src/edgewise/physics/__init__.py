"""Equations with units and no policy. Floor 1: imports nothing of edgewise."""
