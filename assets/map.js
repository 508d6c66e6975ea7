/*
 * map.js - draws the points of a page on a map, with Leaflet. The points stand in the page as JSON
 * (data-map names the element), and as a table below it: without this script nothing is missing.
 * No tile server is asked; a coordinate grid lies under the points. A drawing (data-drawing) is shown
 * by Leaflet too, so that it can be moved and enlarged.
 */
(function () {
  "use strict";

  var TONES = { weight: 2, radius: 7, color: "#0b5394", fillColor: "#3d85c6", fillOpacity: 0.7 };

  /* 1, 2 or 5 times a power of ten, so that some six lines cross the view. */
  function stepOf(width) {
    var rough = width / 6;
    var power = Math.pow(10, Math.floor(Math.log10(rough)));
    return [1, 2, 5, 10].map(function (times) { return times * power; }).filter(function (step) {
      return step >= rough;
    })[0];
  }

  /* Lines at round degrees under the points; drawn anew when the view moves. */
  function drawGrid(map, grid) {
    var bounds = map.getBounds().pad(0.2);
    var step = stepOf(bounds.getEast() - bounds.getWest());
    var style = { color: "#c3ccd6", weight: 1, interactive: false };
    grid.clearLayers();
    for (var x = Math.ceil(bounds.getWest() / step); x * step < bounds.getEast(); x += 1) {
      window.L.polyline([[bounds.getSouth(), x * step], [bounds.getNorth(), x * step]], style)
        .addTo(grid);
    }
    for (var y = Math.ceil(bounds.getSouth() / step); y * step < bounds.getNorth(); y += 1) {
      window.L.polyline([[y * step, bounds.getWest()], [y * step, bounds.getEast()]], style)
        .addTo(grid);
    }
  }

  /* Text is set as text: a record's name cannot be markup. */
  function plain(text) {
    var box = document.createElement("span");
    box.textContent = text;
    return box;
  }

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
          .bindTooltip(plain(point.label))
          .bindPopup(words(point));
      })
    );
    var grid = window.L.layerGroup().addTo(map);
    map.on("moveend", function () {
      drawGrid(map, grid);
    });
    map.fitBounds(group.getBounds().pad(0.2), { maxZoom: 14 });
    group.addTo(map);
    window.L.control.scale({ imperial: false }).addTo(map);
    place.querySelector(".leaflet-control-zoom-in").title = "放大";
    place.querySelector(".leaflet-control-zoom-out").title = "缩小";
  }

  /* A drawing of the page becomes a map that can be moved and enlarged: the same picture. */
  function enlarge(figure) {
    var picture = figure.querySelector("svg");
    if (!picture || !window.L) {
      return;
    }
    var size = picture.viewBox.baseVal;
    var place = document.createElement("div");
    place.className = "leaf";
    place.setAttribute("role", "application");
    place.setAttribute("aria-label", picture.getAttribute("aria-label"));
    figure.insertBefore(place, picture);
    var map = window.L.map(place, {
      crs: window.L.CRS.Simple, attributionControl: false, minZoom: -1, maxZoom: 4, zoomSnap: 0.25
    });
    var bounds = [[0, 0], [size.height, size.width]];
    window.L.svgOverlay(picture, bounds).addTo(map);
    map.fitBounds(bounds);
    map.setMaxBounds(window.L.latLngBounds(bounds).pad(0.5));
    place.querySelector(".leaflet-control-zoom-in").title = "放大";
    place.querySelector(".leaflet-control-zoom-out").title = "缩小";
  }

  document.querySelectorAll("[data-map]").forEach(draw);
  document.querySelectorAll("[data-drawing]").forEach(enlarge);
})();
