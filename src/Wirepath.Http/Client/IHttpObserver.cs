namespace Wirepath.Http;

/// <summary>Told what happens in one exchange on a client's connection, when it happens.</summary>
public interface IHttpObserver
{
    /// <summary>Head and body were handed to the connection; <paramref name="bodyBytes"/> without framing, 0 while a 100 is waited for.</summary>
    void RequestSent(RequestHead request, int headBytes, long bodyBytes);

    /// <summary>A 1xx; the answer is still to come.</summary>
    void InterimResponse(ResponseHead head);

    void ResponseHead(ResponseHead head, BodyFraming framing, int headBytes);

    /// <summary>Some of the body was taken in; bytes without their framing.</summary>
    void BodyBytes(int count, long soFar);

    /// <summary>The response is there to its last byte (<paramref name="problem"/> null), or never will be.</summary>
    void Completed(long bodyBytes, HttpProblem? problem);
}
