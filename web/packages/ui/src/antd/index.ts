export { Frame } from "./Frame";
export { MoneyInput } from "./MoneyInput";
export { ProblemNotice } from "./ProblemNotice";
