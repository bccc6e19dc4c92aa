/** Lines of at most `width` characters, broken between words; a longer word is cut behind its last hyphen or slash that fits, else anywhere. */
export function wrapText(text: string, width: number): string[] {
  return text.split("\n").flatMap((line) => wrapLine(line, width));
}

function wrapLine(text: string, width: number): string[] {
  const lines: string[] = [""];
  for (const word of text.split(" ").flatMap((each) => cutWord(each, width))) {
    const line = lines.at(-1)!;
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length > width && line !== "") lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

function cutWord(word: string, width: number): string[] {
  const parts: string[] = [];
  let rest = word;
  while (rest.length > width) {
    const joint = Math.max(rest.lastIndexOf("-", width - 1), rest.lastIndexOf("/", width - 1)) + 1;
    const end = joint > 0 ? joint : width;
    parts.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return [...parts, rest];
}
