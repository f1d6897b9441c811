/* Marks the stage on the screen in the list of stages. */
const stageLinks = [...document.querySelectorAll("nav a")];
const reading = new IntersectionObserver(entries => entries.filter(entry => entry.isIntersecting).forEach(entry =>
  stageLinks.forEach(link => link.hash === `#${entry.target.id}` ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current"))),
{rootMargin: "-20% 0px -70% 0px"});
document.querySelectorAll("section").forEach(section => reading.observe(section));
