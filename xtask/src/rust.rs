//! A scanner for Rust source: words, numbers, strings and marks with their lines, comments left out.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An identifier or a keyword.
    Word,
    /// A number with its suffix.
    Number,
    /// A string's content, its escapes resolved as far as they matter here.
    Text,
    /// One character of punctuation.
    Mark,
}

/// One token.
#[derive(Clone, Debug)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Its text.
    pub text: String,
    /// Line on which it starts, from 1.
    pub line: usize,
    /// Line on which it ends.
    pub last_line: usize,
}

impl Token {
    /// Whether it is this word.
    pub fn word(&self, text: &str) -> bool {
        self.kind == Kind::Word && self.text == text
    }
    /// Whether it is this mark.
    pub fn mark(&self, mark: char) -> bool {
        self.kind == Kind::Mark && self.text.starts_with(mark)
    }
    /// Whether it is a number that only a float can hold.
    pub fn is_float(&self) -> bool {
        let text = self.text.as_str();
        let based = ["0x", "0b", "0o"].iter().any(|base| text.starts_with(base));
        self.kind == Kind::Number && !based && (text.contains(['.', 'e', 'E']) || text.ends_with("f32") || text.ends_with("f64"))
    }
}

/// Splits a source text into tokens.
pub fn tokens(source: &str) -> Vec<Token> {
    let mut scanner = Scanner { rest: source.chars().collect(), at: 0, line: 1, found: Vec::new() };
    while scanner.at < scanner.rest.len() {
        scanner.step();
    }
    scanner.found
}

struct Scanner {
    rest: Vec<char>,
    at: usize,
    line: usize,
    found: Vec<Token>,
}

impl Scanner {
    fn peek(&self, ahead: usize) -> char {
        self.rest.get(self.at + ahead).copied().unwrap_or('\0')
    }

    fn take(&mut self) -> char {
        let next = self.peek(0);
        self.at += 1;
        if next == '\n' {
            self.line += 1;
        }
        next
    }

    fn push(&mut self, kind: Kind, text: String, line: usize) {
        self.found.push(Token { kind, text, line, last_line: self.line });
    }

    fn step(&mut self) {
        let line = self.line;
        match (self.peek(0), self.peek(1)) {
            (c, _) if c.is_whitespace() => {
                self.take();
            }
            ('/', '/') => {
                while self.at < self.rest.len() && self.peek(0) != '\n' {
                    self.take();
                }
            }
            ('/', '*') => self.block_comment(),
            ('"', _) => self.string(line),
            ('\'', _) => self.quote(line),
            (c, _) if c.is_ascii_digit() => self.number(line),
            (c, _) if c == '_' || c.is_alphabetic() => self.word(line),
            (c, _) => {
                self.take();
                self.push(Kind::Mark, c.to_string(), line);
            }
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        while self.at < self.rest.len() {
            match (self.take(), self.peek(0)) {
                ('/', '*') => {
                    depth += 1;
                    self.take();
                }
                ('*', '/') => {
                    depth -= 1;
                    self.take();
                    if depth == 0 {
                        return;
                    }
                }
                _ => {}
            }
        }
    }

    fn string(&mut self, line: usize) {
        self.take();
        let mut text = String::new();
        while self.at < self.rest.len() {
            match self.take() {
                '"' => break,
                '\\' => match self.take() {
                    'n' | 'r' | 't' | '\n' => text.push(' '),
                    other => text.push(other),
                },
                other => text.push(other),
            }
        }
        self.push(Kind::Text, text, line);
    }

    fn raw_string(&mut self, hashes: usize, line: usize) {
        for _ in 0..=hashes {
            self.take();
        }
        let mut text = String::new();
        while self.at < self.rest.len() {
            let next = self.take();
            if next == '"' && (0..hashes).all(|ahead| self.peek(ahead) == '#') {
                for _ in 0..hashes {
                    self.take();
                }
                break;
            }
            text.push(next);
        }
        self.push(Kind::Text, text, line);
    }

    /// A character, or a lifetime, which is of no interest here.
    fn quote(&mut self, line: usize) {
        self.take();
        if self.peek(0) == '\\' {
            self.take();
            self.take();
            while self.at < self.rest.len() && self.take() != '\'' {}
            self.push(Kind::Text, String::new(), line);
        } else if self.peek(1) == '\'' {
            let text = self.take().to_string();
            self.take();
            self.push(Kind::Text, text, line);
        } else {
            while self.peek(0) == '_' || self.peek(0).is_alphanumeric() {
                self.take();
            }
        }
    }

    fn number(&mut self, line: usize) {
        let after_dot = self.found.last().is_some_and(|token| token.mark('.'));
        let mut text = self.word_text();
        if !after_dot && self.peek(0) == '.' && self.peek(1).is_ascii_digit() {
            text.push(self.take());
            text.push_str(&self.word_text());
        }
        self.push(Kind::Number, text, line);
    }

    fn word(&mut self, line: usize) {
        let text = self.word_text();
        let hashes = (0..).take_while(|ahead| self.peek(*ahead) == '#').count();
        match text.as_str() {
            "r" | "br" | "cr" if self.peek(hashes) == '"' => self.raw_string(hashes, line),
            "b" | "c" if self.peek(0) == '"' => self.string(line),
            "b" if self.peek(0) == '\'' => self.quote(line),
            "r" if hashes == 1 => {
                self.take();
            }
            _ => self.push(Kind::Word, text, line),
        }
    }

    fn word_text(&mut self) -> String {
        let mut text = String::new();
        while self.peek(0) == '_' || self.peek(0).is_alphanumeric() {
            text.push(self.take());
        }
        text
    }
}

/// A range of lines, both ends in it.
pub type Lines = std::ops::RangeInclusive<usize>;

/// The lines of every item that carries an attribute of which `wanted` says yes; an inner attribute
/// stands for the whole file.
pub fn attributed(tokens: &[Token], wanted: impl Fn(&[Token]) -> bool) -> Vec<Lines> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let inner = tokens.get(at + 1).is_some_and(|token| token.mark('!'));
        let open = at + 1 + usize::from(inner);
        if !tokens[at].mark('#') || !tokens.get(open).is_some_and(|token| token.mark('[')) {
            at += 1;
            continue;
        }
        let close = closing(tokens, open);
        if wanted(&tokens[open + 1..close]) {
            let last = if inner { usize::MAX } else { item_end(tokens, close + 1).map_or(usize::MAX, |end| tokens[end].last_line) };
            found.push(if inner { 0..=last } else { tokens[at].line..=last });
        }
        at = close + 1;
    }
    found
}

/// The lines of test code: what stands under `#[cfg(test)]`, `#[test]`, `#[tokio::test]`.
pub fn test_lines(tokens: &[Token]) -> Vec<Lines> {
    attributed(tokens, |attribute| {
        let names = |word: &str| attribute.iter().any(|token| token.word(word));
        let first = attribute.first().is_some_and(|token| token.word("cfg"));
        if first { names("test") && !names("not") } else { names("test") && !names("cfg_attr") }
    })
}

/// The index of the mark that closes the bracket at `open`; the last token where nothing does.
pub fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        if token.mark('(') || token.mark('[') || token.mark('{') {
            depth += 1;
        } else if token.mark(')') || token.mark(']') || token.mark('}') {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return at;
            }
        }
    }
    tokens.len().saturating_sub(1)
}

/// Where the item that starts at `start` ends: its closing brace, or its semicolon.
fn item_end(tokens: &[Token], start: usize) -> Option<usize> {
    let mut at = start;
    while at < tokens.len() {
        let token = &tokens[at];
        if token.mark('{') {
            return Some(closing(tokens, at));
        } else if token.mark(';') {
            return Some(at);
        }
        at = if token.mark('(') || token.mark('[') { closing(tokens, at) + 1 } else { at + 1 };
    }
    None
}

/// A function with a body.
#[derive(Debug)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The line of its `fn`.
    pub line: usize,
    /// How many of its lines hold code; blank lines and comments don't count.
    pub code_lines: usize,
}

/// Every function of the file that has a body.
pub fn functions(tokens: &[Token]) -> Vec<Function> {
    let mut found = Vec::new();
    for (at, pair) in tokens.windows(2).enumerate() {
        if !pair[0].word("fn") || pair[1].kind != Kind::Word {
            continue;
        }
        let Some(end) = item_end(tokens, at + 2) else { continue };
        if tokens[end].mark('}') {
            let mut counted = 0;
            let mut code_lines = 0;
            for token in &tokens[at..=end] {
                code_lines += token.last_line.saturating_sub(counted.max(token.line.saturating_sub(1)));
                counted = counted.max(token.last_line);
            }
            found.push(Function { name: pair[1].text.clone(), line: pair[0].line, code_lines });
        }
    }
    found
}

/// Whether a line is in one of the ranges.
pub fn within(ranges: &[Lines], line: usize) -> bool {
    ranges.iter().any(|range| range.contains(&line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(source: &str) -> Vec<String> {
        tokens(source).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn comments_strings_and_lifetimes_are_told_apart() {
        assert_eq!(words("a /* b /* c */ d */ e // f\n'g' &'h \"i\\\"j\" r#\"k\"l\"# b\"m\""), ["a", "e", "g", "&", "i\"j", "k\"l", "m"]);
        assert_eq!(words("'\\'' r#type '\\u{41}' x"), ["", "type", "", "x"]);
    }

    #[test]
    fn an_escaped_line_end_is_a_space_in_sql() {
        assert_eq!(words("\"SELECT 1 FROM \\\n  member\\nWHERE\""), ["SELECT 1 FROM    member WHERE"]);
    }

    #[test]
    fn floats_are_found_and_ranges_and_tuple_fields_are_not() {
        let floats = |source: &str| tokens(source).iter().filter(|token| token.is_float()).count();
        assert_eq!(floats("1.5 2f64 3e6 4.0_f32"), 4);
        assert_eq!(floats("1..5 pair.0.1 0xfe 7_i64 9.max(2)"), 0);
    }

    #[test]
    fn test_modules_and_test_functions_are_ranges() {
        let source =
            "fn a() {}\n#[cfg(test)]\nmod tests {\n  fn b() {}\n}\n#[tokio::test]\nasync fn c() {\n}\n#[cfg(not(test))]\nfn d() {}\n";
        assert_eq!(test_lines(&tokens(source)), [2..=5, 6..=8]);
        assert_eq!(test_lines(&tokens("#![cfg(test)]\nfn a() {}")), [0..=usize::MAX]);
    }

    #[test]
    fn a_function_counts_its_lines_of_code() {
        let source = "fn a(x: [u8; 2]) {\n  // why\n\n  b(\"1\n2\n3\");\n}\ntrait T { fn c(); }\n";
        let found = functions(&tokens(source));
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].name.as_str(), found[0].line, found[0].code_lines), ("a", 1, 5));
    }
}
