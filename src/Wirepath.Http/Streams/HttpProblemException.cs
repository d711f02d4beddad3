namespace Wirepath.Http;

/// <summary>The peer's message is wrong or ended too early; the connection cannot be used on.</summary>
public sealed class HttpProblemException(HttpProblem problem) : IOException(problem.Message)
{
    public HttpProblem Problem { get; } = problem;
}
