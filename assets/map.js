/*
 * map.js - draws the points of a page on a map, with Leaflet. The points stand in the page as JSON
 * (data-map names the element), and as a table below it: without this script nothing is missing.
 * No tile server is asked; a coordinate grid lies under the points.
 */
(function () {
  "use strict";

  var TONES = { weight: 2, radius: 7, color: "#0b5394", fillColor: "#3d85c6", fillOpacity: 0.7 };

  /* Lines at round degrees, so that distances can be read: 0.1 degrees are about 10 km. */
  function drawGrid(map, bounds) {
    var step = 0.1;
    var west = Math.floor(bounds.getWest() / step) - 3;
    var east = Math.ceil(bounds.getEast() / step) + 3;
    var south = Math.floor(bounds.getSouth() / step) - 3;
    var north = Math.ceil(bounds.getNorth() / step) + 3;
    var style = { color: "#c9d3dd", weight: 1, interactive: false };
    if (east - west > 200 || north - south > 200) {
      return;
    }
    for (var x = west; x <= east; x += 1) {
      window.L.polyline([[south * step, x * step], [north * step, x * step]], style).addTo(map);
    }
    for (var y = south; y <= north; y += 1) {
      window.L.polyline([[y * step, west * step], [y * step, east * step]], style).addTo(map);
    }
  }

  /* Text is set as text: a record's name cannot be markup. */
  function words(point) {
    var box = document.createElement("p");
    var link = document.createElement("a");
    link.href = point.href;
    link.textContent = point.label;
    box.appendChild(link);
    box.appendChild(document.createElement("br"));
    box.appendChild(document.createTextNode(point.state));
    return box;
  }

  function draw(place) {
    var data = document.getElementById(place.getAttribute("data-map"));
    var points = data ? JSON.parse(data.textContent) : [];
    if (points.length === 0 || !window.L) {
      return;
    }
    place.hidden = false;
    var map = window.L.map(place, { attributionControl: false });
    var group = window.L.featureGroup(
      points.map(function (point) {
        return window.L.circleMarker([point.lat, point.lon], TONES)
          .bindTooltip(point.label)
          .bindPopup(words(point));
      })
    );
    var bounds = group.getBounds().pad(0.2);
    map.fitBounds(bounds, { maxZoom: 14 });
    drawGrid(map, bounds);
    group.addTo(map);
    window.L.control.scale({ imperial: false }).addTo(map);
  }

  document.querySelectorAll("[data-map]").forEach(draw);
})();
