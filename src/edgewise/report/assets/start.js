// What has to happen once, when the page is there.

document.addEventListener("DOMContentLoaded", () => {
  startTheme();
  startFilters();
  startPlayers();
  startCharts();
});
