namespace Wirepath.Simulation;

/// <summary>The application waits for something that will never happen. The message names the time and what was still pending.</summary>
public sealed class SimulationStuckException : InvalidOperationException
{
    public SimulationStuckException()
    {
    }

    public SimulationStuckException(string message)
        : base(message)
    {
    }

    public SimulationStuckException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
